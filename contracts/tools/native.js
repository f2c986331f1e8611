// Runs a native Foundry tool: node tools/native.js forge test
//
// The launchers in node_modules/.bin end with 0 even where the tool failed, so this one finds the
// binary of this platform's package itself and hands its exit code on.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The path of a native Foundry tool (forge, anvil, cast) for this platform. */
export function native(tool) {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const name = `@foundry-rs/${tool}-${process.platform}-${arch}`;
  const file = process.platform === "win32" ? `${tool}.exe` : tool;
  const require = createRequire(import.meta.url);
  try {
    return require.resolve(`${name}/bin/${file}`);
  } catch {
    const { version } = require(`@foundry-rs/${tool}/package.json`);
    throw new Error(`${name} is missing: npm install --no-save ${name}@${version}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tool, ...args] = process.argv.slice(2);
  const { status, error } = spawnSync(native(tool), args, { stdio: "inherit" });
  if (error) throw error;
  process.exitCode = status ?? 1; // null: ended by a signal
}
