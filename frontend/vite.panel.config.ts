import { defineConfig } from "vite";

import { notices } from "./notices.ts";

/** The panel and the card, as modules for Home Assistant's own page. */
export default defineConfig({
  // Wherever they are served, they are beside one another.
  base: "./",
  build: {
    outDir: "../custom_components/iot_blockchain/www/panel",
    emptyOutDir: true,
    target: "es2023",
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: { panel: "src/panel/main.ts", card: "src/card/main.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
      },
    },
  },
  plugins: [
    {
      name: "notices",
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: `${notices()}\n` });
      },
    },
  ],
  worker: { format: "iife" },
});
