import process from "node:process";

process.on("SIGUSR2", () => process.emitWarning("a test wants to see it", "TestWarning"));
