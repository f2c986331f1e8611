import { defineConfig } from "vite";

import { singleFile } from "./single-file.ts";

export default defineConfig({
  plugins: [singleFile()],
  build: {
    outDir: "../custom_components/iot_blockchain/www",
    emptyOutDir: true,
    rollupOptions: { input: "verify.html" },
    // All that a browser of the last years has, and nothing for older ones.
    target: "es2023",
    assetsInlineLimit: Infinity,
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
  worker: { format: "iife" },
});
