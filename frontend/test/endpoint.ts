/** An RPC endpoint on the loopback interface, which answers whatever it is told to. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

type Respond = (call: Call, response: ServerResponse, request: IncomingMessage) => void;

/** Serve until the returned `close` is called. */
export async function serve(respond: Respond): Promise<{ url: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    respond(JSON.parse(await text(request)) as Call, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What an endpoint of the corpus answers, by method and, for blocks, by which one. */
export type Answers = Record<string, object>;

export function answering(answers: Answers): Respond {
  return ({ id, method, params }, response) => {
    const which = method === "eth_getBlockByNumber" ? `${method} ${String(params[0])}` : method;
    response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answers[which] }));
  };
}
