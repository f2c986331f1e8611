/** What the panel asks Home Assistant for. */

import type { Hass } from "./hass.ts";

export type Lifecycle = "pending" | "submitted" | "confirmed" | "final";

export interface Log {
  readonly entry_id: string;
  readonly title: string;
  readonly origin: string;
  /** Undefined where no network was chosen yet. */
  readonly chain: Chain | null;
}

export interface Chain {
  /** Its CAIP-2 id. */
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly explorer: string | null;
  readonly testnet: boolean;
  readonly address: string | null;
}

/** Where a log stands. Money is in wei, in decimal digits; times are in ISO 8601. */
export interface Status {
  readonly size: number;
  readonly recorded: number;
  readonly waiting: number;
  readonly anchor_status: Lifecycle;
  readonly last_anchored: string | null;
  readonly next: string | null;
  readonly balance: string | null;
  readonly anchors_left: number | null;
  readonly problem: string | null;
  readonly last_cost: string | null;
  readonly spent_today: string | null;
}

export interface Reading {
  readonly index: number;
  readonly entity: string;
  readonly state: string;
  readonly unit: string | null;
  readonly time: string;
  readonly signed: boolean;
  readonly status: Lifecycle;
  /** The number of the anchor that holds it, and the time of the block. */
  readonly anchor: number | null;
  readonly anchored: string | null;
}

export interface Act {
  readonly index: number;
  readonly act: string;
  readonly time: string;
}

export interface Page {
  readonly readings: readonly Reading[];
  readonly acts: readonly Act[];
  readonly more: boolean;
}

/** An anchor, which is the first to hold the entries `first` up to `size`. */
export interface Anchor {
  readonly number: number;
  readonly first: number;
  readonly size: number;
  readonly status: Lifecycle;
  readonly block_number: number;
  readonly block_time: string;
  readonly transaction: string;
  readonly cost: string;
}

export interface Anchors {
  readonly anchors: readonly Anchor[];
  readonly more: boolean;
}

export interface Period {
  readonly start: string;
  readonly end: string;
}

/** A receipt, and how many readings of its period came after the last that is anchored. */
export interface MadeReceipt {
  readonly receipt: unknown;
  readonly waiting?: number;
}

/** A file of evidence: where it can be downloaded, and what waits, as with a receipt. */
export interface Evidence {
  readonly download: string;
  readonly waiting: number;
}

/** Asks for one log. */
export class Api {
  readonly #hass: () => Hass;
  readonly log: Log;

  constructor(hass: () => Hass, log: Log) {
    this.#hass = hass;
    this.log = log;
  }

  /** The logs that there are. */
  static logs(hass: Hass): Promise<readonly Log[]> {
    return hass.callWS({ type: "iot_blockchain/logs" });
  }

  /** Tell where the log stands, now and whenever that changes, until what is returned is called. */
  subscribe(tell: (status: Status) => void): Promise<() => Promise<void>> {
    return this.#hass().connection.subscribeMessage(tell, this.#message("subscribe_status"));
  }

  entities(): Promise<readonly string[]> {
    return this.#hass().callWS(this.#message("entities"));
  }

  /** Readings of an entity, the last first; `before` is the index of the last one that is known. */
  readings(entity: string, period: Period, before?: number): Promise<Page> {
    return this.#hass().callWS({
      ...this.#message("readings"),
      entity_id: entity,
      ...period,
      ...(before !== undefined && { before }),
    });
  }

  /** Anchors, the last first; `before` is the size of the last one that is known. */
  anchors(before?: number): Promise<Anchors> {
    return this.#hass().callWS({
      ...this.#message("anchors"),
      ...(before !== undefined && { before }),
    });
  }

  /** The receipt of an entry, or of a period. */
  receipt(which: { index: number } | (Period & { entity_id: string[] })): Promise<MadeReceipt> {
    return this.#act("get_receipt", which);
  }

  /** Make the evidence of a period. */
  async evidence(entity: string, period: Period): Promise<Evidence> {
    const data = { entity_id: [entity], ...period };
    const { download, waiting } = await this.#act<Evidence>("export_evidence", data);
    return { download: this.#hass().hassUrl(download), waiting };
  }

  async anchorNow(): Promise<void> {
    await this.#act("anchor", {});
  }

  /** What a person calls an entity, undefined where it has no other name. */
  nameOf(entity: string): string | undefined {
    return this.#hass().states[entity]?.attributes.friendly_name;
  }

  async #act<T>(service: string, data: object): Promise<T> {
    const { response } = await this.#hass().callWS<{ response: T }>({
      type: "call_service",
      domain: "iot_blockchain",
      service,
      service_data: { config_entry_id: this.log.entry_id, ...data },
      return_response: true,
    });
    return response;
  }

  #message(command: string) {
    return { type: `iot_blockchain/${command}`, entry_id: this.log.entry_id };
  }
}
