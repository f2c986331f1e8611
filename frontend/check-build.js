// What is built is committed, because its readers build nothing: is it what the source builds, byte for byte?
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build, resolveConfig } from "vite";

const stale = [];
for (const configFile of ["vite.config.ts", "vite.panel.config.ts"]) {
  const inline = { configFile, logLevel: "warn" };
  const { outDir } = (await resolveConfig(inline, "build", "production", "production")).build;
  const { output } = await build({ ...inline, build: { write: false } });
  const built = new Map(output.map((one) => [one.fileName, one.code ?? one.source]));
  for (const name of new Set([...built.keys(), ...filesIn(outDir)])) {
    if (built.get(name) !== committed(outDir, name)) stale.push(name);
  }
}
if (stale.length) {
  console.error(
    `Not what the source builds: ${stale.join(", ")}. Run npm --prefix frontend run build.`,
  );
  process.exitCode = 1;
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

function committed(folder, name) {
  try {
    return readFileSync(join(folder, name), "utf-8");
  } catch {
    return undefined;
  }
}
