using System.CommandLine;
using Gyre.Soak;

var root = new RootCommand("Long runs that look for what gets lost or grows. Exit code 1 when a check fails.")
{
    BytesCommand.Create(),
    ChurnCommand.Create(),
    IdleCommand.Create(),
    ProxyCommand.Create(),
    StarvationCommand.Create(),
    ChildServer.CreateCommand(),
};
return root.Parse(args).Invoke();
