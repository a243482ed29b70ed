#!/usr/bin/env node
import module from "node:module";

// Newer Nodes keep compiled code on disk; Node 20 does not have this.
module.enableCompileCache?.();

const { main } = await import("../dist/cli/main.js");
process.exitCode = await main(process.argv.slice(2));
