/** Under which terms others let us put their work into the page. */

import { existsSync, readFileSync } from "node:fs";

interface Manifest {
  readonly version: string;
  readonly dependencies: Record<string, string>;
}

const HERE = new URL(".", import.meta.url);

/** The licences of what the page is built from, for its reader. */
export function notices(): string {
  const { dependencies } = JSON.parse(
    readFileSync(new URL("package.json", HERE), "utf-8"),
  ) as Manifest;
  return Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}\n\n${licenceOf(name)}`)
    .join("\n\n\n");
}

function licenceOf(name: string): string {
  const folder = new URL(`node_modules/${name}/`, HERE);
  const file = ["LICENSE-MIT", "LICENSE"].map((file) => new URL(file, folder)).find(existsSync);
  if (file === undefined) throw new Error(`${name} has no licence`);
  return readFileSync(file, "utf-8").trim();
}
