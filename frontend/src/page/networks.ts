/** Networks that are known by name. Any other chain works by the address of an endpoint. */

import networks from "../networks.json";

export interface Network {
  readonly name: string;
  readonly rpc: string;
  readonly explorer: string;
  readonly testnet: boolean;
}

const KNOWN = new Map<string, Network>(Object.entries(networks));

/** The network of a CAIP-2 chain id, undefined where it is not known here. */
export function networkOf(chain: string): Network | undefined {
  return KNOWN.get(chain);
}
