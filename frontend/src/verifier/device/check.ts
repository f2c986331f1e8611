/** What devices signed, and who vouches for them. docs/formats.md, "Verification". */

import { logIdOf } from "../checkpoint.ts";
import { textOf, type Entry } from "../entry.ts";
import { withStep, type Contents, type Report } from "../report.ts";
import type { Bytes } from "../bytes.ts";
import { withMicroseconds } from "../time.ts";
import { CredentialError, read, type DeviceCredential, type StatusList } from "./credential.ts";
import { revokes } from "./status-list.ts";
import { EnvelopeError, opener, type Open, type Payload } from "./envelope.ts";

/** What one key signed of a receipt; `numbers` are those in each epoch. */
class Signed {
  readonly sensors = new Set<string>();
  readonly numbers = new Map<number, number[]>();
  firstReceived = "~"; // after every time

  add({ epoch, seq }: Payload): void {
    const numbers = this.numbers.get(epoch);
    if (numbers) numbers.push(seq);
    else this.numbers.set(epoch, [seq]);
  }
}

type Devices = Map<string, Signed>;

/**
 * Add the steps `device_signed` and `device_known` to a report of a receipt that is in its log,
 * where the receipt has anything to do with devices.
 */
export async function checkDevices<R extends Report & { contents: Contents }>(
  report: R,
  publicKey: Bytes,
): Promise<R> {
  const { receipt, checkpoint, entries } = report.contents;
  if (receipt.credentials === undefined) return report;
  const devices: Devices = new Map();
  const open = opener();
  for (const [offset, entry] of entries.entries()) {
    if (entry.type !== "signed_reading") continue;
    try {
      await addReading(devices, entry, open);
    } catch (err) {
      if (!(err instanceof EnvelopeError)) throw err;
      const where = `The reading at position ${receipt.first + offset}`;
      const reason = `${where} is not signed by the device that it names: ${err.message}.`;
      return withStep(report, "device_signed", "failed", reason);
    }
  }
  if (devices.size === 0 && receipt.credentials.length === 0) return report;
  await addMessages(devices, entries, open);
  const signed = devices.size
    ? withStep(report, "device_signed", "passed", told(devices, entries))
    : report;
  return withStep(
    signed,
    "device_known",
    ...(await known(receipt.credentials, publicKey, checkpoint.origin, devices)),
  );
}

async function addReading(devices: Devices, entry: Entry, open: Open): Promise<void> {
  const payload = await open(textOf(entry.members, "jws"));
  if (payload.reading === undefined) throw new EnvelopeError("what it signed is no reading");
  const device = devices.get(payload.issuer) ?? new Signed();
  devices.set(payload.issuer, device);
  device.add(payload);
  device.sensors.add(payload.reading.sensor);
  if (entry.time < device.firstReceived) device.firstReceived = entry.time;
}

/**
 * Count boot messages and rotations, whose numbers are not missing either. They stand in acts, which
 * are the gateway's word: what is wrong there only leaves numbers missing.
 */
async function addMessages(devices: Devices, entries: readonly Entry[], open: Open): Promise<void> {
  for (const { type, members } of entries) {
    const jws = members.get("jws");
    if (type !== "act" || typeof jws !== "string" || devices.size === 0) continue;
    try {
      const payload = await open(jws);
      devices.get(payload.issuer)?.add(payload);
    } catch (err) {
      if (!(err instanceof EnvelopeError)) throw err;
    }
  }
}

/** Say which readings are the word of a device, and which are not. */
function told(devices: Devices, entries: readonly Entry[]): string {
  const count = (wanted: string) => entries.filter(({ type }) => type === wanted).length;
  const [signed, unsigned] = [count("signed_reading"), count("reading")];
  const whose = [...devices].map(([did, { sensors, numbers }]) => {
    const counted = [...numbers].map(([epoch, found]) => range(epoch, found)).join(", ");
    return `${did} (${[...sensors].sort().join(", ")}; ${counted})`;
  });
  const others = unsigned
    ? ` Another ${unsigned} ${unsigned === 1 ? "is" : "are"} the gateway's word.`
    : "";
  return (
    `${signed} of ${signed + unsigned} readings carry their device's signature:` +
    ` ${whose.join("; ")}.${others} When they were received is the gateway's word.`
  );
}

/** Say which numbers of an epoch there are, which are missing between, and which are there twice. */
function range(epoch: number, numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const missing: string[] = [];
  const twice = new Set<number>();
  for (const [index, b] of sorted.entries()) {
    const a = sorted[index - 1] ?? b - 1;
    if (b === a) twice.add(a);
    if (b > a + 1) missing.push(b === a + 2 ? `${a + 1}` : `${a + 1} to ${b - 1}`);
  }
  const without = missing.length ? ` without ${missing.join(", ")}` : "";
  const more = twice.size ? ` with ${[...twice].join(", ")} more than once` : "";
  if (sorted.length === 1) return `number ${sorted[0]} of epoch ${epoch}`;
  return `numbers ${sorted[0]} to ${sorted.at(-1)} of epoch ${epoch}${without}${more}`;
}

/** Check that the log's owner vouches for the devices, and did not revoke any. */
async function known(
  tokens: readonly string[],
  publicKey: Bytes,
  origin: string,
  devices: Devices,
): Promise<["passed" | "failed" | "skipped", string]> {
  const credentials: DeviceCredential[] = [];
  const lists: StatusList[] = [];
  try {
    const log = logIdOf(origin);
    if (log === undefined) throw new CredentialError("the log's name does not end in its id");
    for (const token of tokens) {
      const found = await read(token, publicKey, `0x${log}`);
      if (found.kind === "list") lists.push(found);
      else credentials.push(found);
    }
  } catch (err) {
    if (!(err instanceof CredentialError)) throw err;
    return ["failed", `A credential in the receipt is not the log's: ${err.message}.`];
  }
  const unknown: string[] = [];
  for (const [did, device] of devices) {
    const valid = credentials.filter((one) => one.device === did && covers(one, device));
    const revoked = lists.some(({ bits }) =>
      valid.some(({ statusIndex }) => revokes(bits, statusIndex)),
    );
    if (revoked) {
      return ["failed", `The log's owner revoked the device ${did}: its key may be another's.`];
    }
    if (valid.length === 0) unknown.push(did);
  }
  if (unknown.length) {
    const whose = `the key of these devices: ${unknown.join(", ")}`;
    return ["skipped", `The receipt does not say who vouches for ${whose}.`];
  }
  const last = lists
    .map(({ validFrom }) => validFrom)
    .sort()
    .at(-1);
  if (last === undefined) {
    const reason = "The receipt does not say whether the log's owner revoked the devices.";
    return ["skipped", reason];
  }
  const vouched = credentials
    .filter(({ device }) => devices.has(device))
    .map(({ device, assurance }) => `${device} (${assurance.replace("_", " ")})`);
  const whom = [...new Set(vouched)].join(", ") || "no device that signed here";
  return ["passed", `The log's owner vouches for ${whom}, and had not revoked any by ${last}.`];
}

/** Whether a credential was valid before all that the device signed here. */
function covers({ validFrom }: DeviceCredential, { firstReceived }: Signed): boolean {
  return withMicroseconds(validFrom) <= firstReceived;
}
