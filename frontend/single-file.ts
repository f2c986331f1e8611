/** Puts script and style into the page itself, and lets the browser refuse any other. */

import { createHash } from "node:crypto";

import type { Plugin, Rollup } from "vite";

import { notices } from "./notices.ts";

/** The page is one file, so that it can be kept, mailed and opened without a server. */
export function singleFile(): Plugin {
  return {
    name: "single-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const pages = Object.values(bundle).filter(({ fileName }) => fileName.endsWith(".html"));
      for (const page of pages as Rollup.OutputAsset[]) {
        page.source = inlined(String(page.source), bundle);
      }
    },
  };
}

function inlined(page: string, bundle: Rollup.OutputBundle): string {
  const hashes: Record<"script" | "style", string[]> = { script: [], style: [] };

  function inline(kind: "script" | "style", file: string, attributes: string): string {
    const name = file.replace(/^\.?\//, "");
    const text = textOf(bundle[name]!).trim();
    if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`${name} would end early`);
    delete bundle[name];
    hashes[kind].push(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    return `<${kind}${attributes}>${text}</${kind}>`;
  }

  let script = "";
  const whole = page
    .replace(/<script type="module"[^>]* src="([^"]+)"><\/script>/g, (_tag, file: string) => {
      script += inline("script", file, ' type="module"');
      return "";
    })
    .replace(/<link rel="stylesheet"[^>]* href="([^"]+)"[^>]*>/g, (_tag, file: string) =>
      inline("style", file, ""),
    )
    // At the end of the page: then all of it is there when the script runs.
    .replace("</body>", () => `${script}</body>`)
    .replace("</html>", () => `<!--\n${notices()}\n-->\n</html>`);
  const policy = [
    "default-src 'none'",
    `script-src ${hashes.script.join(" ")}`,
    `style-src ${hashes.style.join(" ")}`,
    "img-src data:",
    "worker-src blob:",
    // The endpoints that the reader names, which can be any.
    "connect-src https: http:",
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  return whole.replace('<meta charset="utf-8" />', (charset) => `${charset}\n    ${meta}`);
}

function textOf(output: Rollup.OutputAsset | Rollup.OutputChunk): string {
  return output.type === "chunk" ? output.code : String(output.source);
}
