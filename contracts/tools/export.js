// Writes what the integration needs of the contract: node tools/export.js [--check]
//
// Run by `npm run export` after a build. With --check nothing is written; a stale file is an error.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { keccak_256 } from "@noble/hashes/sha3";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils";

const ARTIFACT = new URL("../out/LogAnchor.sol/LogAnchor.json", import.meta.url);
const TARGET = new URL("../../custom_components/iot_blockchain/chain/log_anchor.json", import.meta.url);

// Found at this address on nearly every chain; it takes the salt and the init code as its calldata.
const DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
const SALT = `0x${"00".repeat(32)}`;

const bytes = (hex) => hexToBytes(hex.slice(2));

/** EIP-1014: the last 20 bytes of keccak256(0xff || deployer || salt || keccak256(init code)). */
function create2(deployer, salt, initCode) {
  const seed = concatBytes(Uint8Array.of(0xff), bytes(deployer), bytes(salt), keccak_256(bytes(initCode)));
  return checksum(bytesToHex(keccak_256(seed).slice(12)));
}

/** EIP-55: a letter is upper case where the hash of the address has a digit of 8 or more. */
function checksum(address) {
  const hash = bytesToHex(keccak_256(utf8ToBytes(address)));
  return `0x${[...address].map((c, i) => (parseInt(hash[i], 16) >= 8 ? c.toUpperCase() : c)).join("")}`;
}

const { abi, bytecode, metadata } = JSON.parse(readFileSync(ARTIFACT, "utf8"));
const exported = {
  abi,
  bytecode: bytecode.object,
  compiler: metadata.compiler.version,
  create2_deployer: DEPLOYER,
  create2_salt: SALT,
  address: create2(DEPLOYER, SALT, bytecode.object),
};
const text = `${JSON.stringify(exported, null, 2)}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(TARGET, text);
  console.log(`LogAnchor at ${exported.address}`);
} else if (!existsSync(TARGET) || readFileSync(TARGET, "utf8") !== text) {
  console.error("log_anchor.json is not what contracts/src builds. Run `npm run export` in contracts and commit it.");
  process.exitCode = 1;
}
