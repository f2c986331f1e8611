// Reads a QR code from a picture: width and height as arguments, RGBA on the standard input.
import { buffer } from "node:stream/consumers";
import decodeQR from "qr/decode.js";

const [width, height] = process.argv.slice(2).map(Number);
process.stdout.write(decodeQR({ width, height, data: await buffer(process.stdin) }));
