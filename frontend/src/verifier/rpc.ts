/** JSON-RPC over HTTP with an endpoint that may answer what it likes. */

/** A question has no result. The message is short, for people. */
export class RpcError extends Error {}

/** The endpoint answers with an error (JSON-RPC 2.0, section 5.1). */
export class RefusedError extends RpcError {
  readonly code: number;

  constructor(code: number, message: string) {
    super(`it refuses: ${message || "without a reason"}`);
    this.code = code;
  }
}

/** Ask a question of an endpoint, and return the result, which may be anything. */
export type Ask = (method: string, ...params: readonly unknown[]) => Promise<unknown>;

const PATIENCE_MS = 20_000;
// The largest honest answer is a block, which names each of its transactions in 69 bytes.
const MAX_ANSWER = 1024 * 1024;
const MAX_QUOTED = 200;
const UNSEEN = /[\p{C}\p{Z}]+/gu;

/** Ask the endpoint at a URL. Nothing else is sent than the question. */
export function endpoint(url: string): Ask {
  return async (method, ...params) => {
    const question = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = parsed(await post(url, question));
    if (answer.error !== undefined && answer.error !== null) throw refusal(answer.error);
    if (!("result" in answer)) throw nonsense("neither a result nor an error");
    return answer.result;
  };
}

/** @throws RpcError what a question was answered with is not what it can have. */
export function nonsense(what: string): RpcError {
  return new RpcError(`it answers without sense (${what})`);
}

async function post(url: string, body: string): Promise<string> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: patience,
      redirect: "error",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    });
    if (!response.ok) throw new RpcError(`it answers with the error ${response.status} of HTTP`);
    return await bounded(response);
  } catch (err) {
    if (err instanceof RpcError) throw err;
    if (patience.aborted) throw new RpcError(`it did not answer in ${PATIENCE_MS / 1000} seconds`);
    throw new RpcError("nothing answers there, or nothing that lets web pages ask");
  }
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) return text + decoder.decode();
    size += chunk.value.length;
    if (size > MAX_ANSWER) {
      await reader?.cancel();
      throw new RpcError("it sends more than any answer can hold");
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
}

function parsed(text: string): { error?: unknown; result?: unknown } {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw nonsense("not JSON");
  }
  if (typeof answer !== "object" || answer === null) throw nonsense("not an object");
  return answer;
}

function refusal(error: unknown): RpcError {
  if (typeof error !== "object" || error === null) return nonsense("an error that is no object");
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== "number" || typeof message !== "string") {
    return nonsense("an error without code and message");
  }
  const line = message
    .slice(0, 10 * MAX_QUOTED)
    .replace(UNSEEN, " ")
    .trim();
  return new RefusedError(code, line.slice(0, MAX_QUOTED).toWellFormed());
}
