/**
 * Shows the page that verifies records, from a single file and without a server.
 *
 * @module
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { render } from "preact";
import { hexText } from "../base/hex.ts";
import { h } from "./shell/html.ts";
import { chooseLanguage } from "./shell/language.ts";
import { VerifyFile } from "./verify/verify_file.ts";

const app = document.getElementById("app");
if (app === null) throw new Error("Cannot show the page: the document has no element with the id app");
const version = document.querySelector<HTMLMetaElement>("meta[name=version]")?.content ?? "";
const code = document.querySelector("script[type=module]")?.textContent ?? "";
const codeSha256 = hexText(sha256(new TextEncoder().encode(code))).toLowerCase();
render(h(VerifyFile, { version, codeSha256, atStart: chooseLanguage(navigator.languages) }), app);
