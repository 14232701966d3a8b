using Gyre.Tool;

return GyreCommand.Invoke(args, ToolConsole.OfProcess());
