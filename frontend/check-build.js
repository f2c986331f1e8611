// The built page is committed, because its readers build nothing: is it what the source builds, byte for byte?
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, resolveConfig } from "vite";

const { outDir } = (await resolveConfig({}, "build", "production", "production")).build;
const { output } = await build({ logLevel: "warn", build: { write: false } });
const stale = output
  .filter(({ fileName, source }) => source !== committed(fileName))
  .map(({ fileName }) => fileName);
if (stale.length) {
  console.error(
    `Not what the source builds: ${stale.join(", ")}. Run npm --prefix frontend run build.`,
  );
  process.exitCode = 1;
}

function committed(fileName) {
  try {
    return readFileSync(join(outDir, fileName), "utf-8");
  } catch {
    return undefined;
  }
}
