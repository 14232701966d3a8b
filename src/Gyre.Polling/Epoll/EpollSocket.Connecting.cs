using System.Net;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    protected override void BeginConnect(EndPoint remote)
    {
        if (StartConnect(remote))
        {
            // Only now: a socket that is neither connected nor connecting would report that it was hung up.
            Check(Register(OutputInterest));
        }
        else
        {
            Operations.ExecuteAgain(Output);
        }
    }
}
