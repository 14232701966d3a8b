using System.Text;
using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddReaders(Dictionary<string, Scenario> all)
    {
        all.Add("LoopStreamReader.ReadAsync(Int32)", async scenario =>
            await CancelRead(scenario, reader => reader.ReadAsync(3)));
        all.Add("LoopStreamReader.ReadAsync(Memory<Byte>)", async scenario =>
            await CancelRead(scenario, async reader =>
            {
                byte[] buffer = new byte[3];
                return buffer[..await reader.ReadAsync(buffer.AsMemory())];
            }));
        all.Add("LoopStreamReader.ReadExactlyAsync(Int32)", async scenario =>
            await CancelRead(scenario, reader => reader.ReadExactlyAsync(7)));
        all.Add("LoopStreamReader.ReadExactlyAsync(Memory<Byte>)", async scenario =>
            await CancelRead(scenario, async reader =>
            {
                byte[] buffer = new byte[7];
                await reader.ReadExactlyAsync(buffer.AsMemory());
                return buffer;
            }));
        all.Add("LoopStreamReader.ReadToEndAsync()", async scenario =>
            await CancelRead(scenario, reader => reader.ReadToEndAsync()));
        all.Add("LoopStreamReader.ReadUntilAsync(ReadOnlyMemory<Byte>)", async scenario =>
            await CancelRead(scenario, reader => reader.ReadUntilAsync("56"u8.ToArray())));
        all.Add("LoopStreamReader.ReadUntilAsync(IReadOnlyList<ReadOnlyMemory<Byte>>)", async scenario =>
            await CancelRead(scenario, reader => reader.ReadUntilAsync(
                new List<ReadOnlyMemory<byte>> { "x"u8.ToArray(), "56"u8.ToArray() })));
        all.Add("LoopStreamReader.ReadLineAsync()", async scenario =>
            await CancelRead(scenario, reader => reader.ReadLineAsync()));
        all.Add("LoopStreamReader.ReadTextLineAsync()", async scenario =>
            await CancelRead(scenario, async reader => Encoding.UTF8.GetBytes(await reader.ReadTextLineAsync() + "\n")));
        all.Add("LineEnumerator.MoveNextAsync()", async scenario =>
            await CancelRead(scenario, async reader =>
            {
                LineEnumerator lines = reader.GetAsyncEnumerator();
                Assert.True(await lines.MoveNextAsync());
                return lines.Current;
            }));
        all.Add("TextLineEnumerator.MoveNextAsync()", async scenario =>
            await CancelRead(scenario, async reader =>
            {
                TextLineEnumerator lines = reader.ReadTextLines().GetAsyncEnumerator();
                Assert.True(await lines.MoveNextAsync());
                return Encoding.UTF8.GetBytes(lines.Current + "\n");
            }));
    }

    /// <summary>What the target has read and what is left make up what was sent: nothing is lost, nothing
    /// comes twice.</summary>
    private static async Coroutine CancelRead(CancelScenario scenario, Func<LoopStreamReader, Coroutine<byte[]>> read)
    {
        var reader = new LoopStreamReader();
        string[] pieces = ["01", "234", "5", "6789\n", "the rest"];
        for (int i = 0; i < pieces.Length; i++)
        {
            byte[] piece = Encoding.UTF8.GetBytes(pieces[i]);
            After((i + 1).Seconds(), () => reader.FeedData(piece));
        }

        After(9.Seconds(), reader.FeedEof);
        LoopTask<byte[]> target = scenario.Target(read(reader));
        await End(target);
        byte[] all = [.. target.IsCancelled ? [] : target.Result, .. await reader.ReadToEndAsync()];
        Assert.Equal(string.Concat(pieces), Encoding.UTF8.GetString(all));
    }
}
