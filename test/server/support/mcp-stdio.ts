/** `hangscope mcp` and nothing else, for a workspace given as argument. */
import { mcpCommand } from "../../../src/cli/mcp-command.ts";

process.exitCode = await mcpCommand(process.argv[2]!, new AbortController().signal);
