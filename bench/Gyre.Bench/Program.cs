using System.CommandLine;
using Gyre.Bench;

var root = new RootCommand("Measures Gyre: servers for load clients, and small cases of scheduling. Build it with -c Release.")
{
    EchoServerCommand.Create(),
    MicroCommand.Create(),
    CompareCommand.Create(),
    GrowthCommand.Create(),
    StartCommand.Create(),
    PeerCommand.Create(),
    DatagramCommand.CreateEcho(),
    DatagramCommand.CreateLoad(),
    HttpFetchCommand.Create(),
    ScaleCommand.Create(),
};
return root.Parse(args).Invoke();
