// On a real chain (anvil, which carries the usual CREATE2 deployer): the exported init code ends up at the exported
// address, and an anchor costs what the forge tests say.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { keccak_256 } from "@noble/hashes/sha3";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils";
import { native } from "./native.js";

const contract = JSON.parse(
  readFileSync(new URL("../../custom_components/iot_blockchain/chain/log_anchor.json", import.meta.url), "utf8"),
);
let anvil, url, account;

async function rpc(method, ...params) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = await response.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

/** Sends a transaction that succeeds, and returns its receipt. */
async function send(to, data) {
  const hash = await rpc("eth_sendTransaction", { from: account, to, data });
  let receipt;
  while (!(receipt = await rpc("eth_getTransactionReceipt", hash))) await setTimeout(5);
  assert.equal(receipt.status, "0x1");
  return receipt;
}

before(async () => {
  const port = await new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
  url = `http://127.0.0.1:${port}`;
  anvil = spawn(native("anvil"), ["--silent", "--hardfork", "osaka", "--port", port], { stdio: "inherit" });
  for (let tries = 0; !account; tries++) {
    assert.ok(tries < 100, "anvil did not start");
    await setTimeout(100);
    [account] = await rpc("eth_accounts").catch(() => []);
  }
});

after(() => anvil.kill());

const word = (value) => BigInt(value).toString(16).padStart(64, "0");
const selector = (signature) => `0x${bytesToHex(keccak_256(utf8ToBytes(signature))).slice(0, 8)}`;
const sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(Buffer.from(part, "hex"));
  return hash.digest("hex");
};

/** The root of a tree of equal leaves. RFC 9162 section 2.1.1. */
function root(size) {
  if (size === 1) return sha256("00");
  const k = split(size);
  const left = root(k);
  return sha256("01", left, size === 2 * k ? left : root(size - k));
}

/** The consistency proof between two trees of equal leaves. RFC 9162 section 2.1.4.1. */
function consistency(m, n, complete = true) {
  if (m === n) return complete ? [] : [root(n)];
  const k = split(n);
  return m <= k
    ? [...consistency(m, k, complete), root(n - k)]
    : [...consistency(m - k, n - k, false), root(k)];
}

const split = (n) => 2 ** Math.floor(Math.log2(n - 1));

test("the deployer puts the contract at the exported address", async () => {
  const code = () => rpc("eth_getCode", contract.address, "latest");
  assert.equal(await code(), "0x");
  const receipt = await send(contract.create2_deployer, contract.create2_salt + contract.bytecode.slice(2));
  assert.notEqual(await code(), "0x");
  console.log(`deployment: ${Number(receipt.gasUsed)} gas`);
});

test("5,000 entries more on top of a million cost at most 60,000 gas", async () => {
  const key = word(1);
  const create = selector("create(bytes32,address,bytes32)") + key + word(account) + word(0);
  const id = await rpc("eth_call", { from: account, to: contract.address, data: create });
  console.log(`create: ${Number((await send(contract.address, create)).gasUsed)} gas`);

  let size = 0;
  let time = 0;
  const anchor = async (next) => {
    const proof = size ? consistency(size, next) : [];
    const head = [id, next, `0x${root(next)}`, time, size ? `0x${root(size)}` : 0, 6 * 32, proof.length];
    const signature = "anchor(bytes32,uint64,bytes32,uint64,bytes32,bytes32[])";
    const receipt = await send(contract.address, selector(signature) + head.map(word).join("") + proof.join(""));
    size = next;
    time = Number(BigInt((await rpc("eth_getBlockByNumber", receipt.blockNumber, false)).timestamp));
    return Number(receipt.gasUsed);
  };

  console.log(`first anchor: ${await anchor(1_000_000 - 64)} gas`);
  for (let i = 1; i <= 64; i++) await anchor(1_000_000 - 64 + i);
  const gas = await anchor(1_005_000);
  console.log(`anchor: ${gas} gas`);
  assert.ok(gas <= 60_000, `${gas} gas`);

  const setPublisher = selector("setPublisher(bytes32,address)") + word(id) + word(contract.address);
  console.log(`setPublisher: ${Number((await send(contract.address, setPublisher)).gasUsed)} gas`);
  const close = selector("close(bytes32)") + word(id);
  console.log(`close: ${Number((await send(contract.address, close)).gasUsed)} gas`);
});
