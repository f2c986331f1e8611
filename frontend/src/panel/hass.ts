/** What Home Assistant gives to panels and cards, as far as it is used here. */

export interface State {
  readonly state: string;
  readonly last_updated: string;
  readonly attributes: { readonly friendly_name?: string };
}

export interface Hass {
  readonly states: Readonly<Record<string, State | undefined>>;
  readonly config?: { readonly state?: string };
  readonly themes?: { readonly darkMode?: boolean };
  readonly connection: {
    subscribeMessage<T>(tell: (event: T) => void, message: object): Promise<() => Promise<void>>;
  };
  callWS<T>(message: object): Promise<T>;
  hassUrl(path: string): string;
}

/** What Home Assistant says when it refuses, in words for people. */
export function reasonOf(err: unknown): string {
  const message = (err as { message?: unknown } | undefined)?.message;
  return typeof message === "string" && message !== ""
    ? message
    : "Home Assistant does not answer. Is it there?";
}
