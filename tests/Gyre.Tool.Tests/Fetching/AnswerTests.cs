using System.IO.Compression;
using System.Text;

namespace Gyre.Tool.Tests;

/// <summary>Answers in the forms that HTTP allows.</summary>
public class AnswerTests
{
    private static readonly byte[] s_text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("all work ", 5000)));

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public void Fetch_CompressedBody_IsDecompressed(string encoding)
    {
        using TestServer server = TestServer.Start(
            request => request.AnswerAsync("200 OK", Compress(encoding), $"Content-Encoding: {encoding}\r\n"));
        AssertGets(server, s_text);
    }

    [Fact]
    public void Fetch_ChunkedBody_IsPutTogether()
    {
        using TestServer server = TestServer.Start(async request =>
        {
            request.Writer.WriteText("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            foreach (byte[] chunk in s_text.Chunk(777))
            {
                request.Writer.WriteText($"{chunk.Length:X};extension=1\r\n");
                request.Writer.Write(chunk.AsSpan());
                request.Writer.WriteText("\r\n");
                await request.Writer.DrainAsync();
            }

            request.Writer.WriteText("0\r\nTrailer: x\r\n\r\n");
        });
        AssertGets(server, s_text);
    }

    [Fact]
    public void Fetch_BodyUntilTheEnd_IsWhole()
    {
        using TestServer server = TestServer.StartRaw("HTTP/1.0 200 OK\r\n\r\n" + Encoding.ASCII.GetString(s_text));
        AssertGets(server, s_text);
    }

    [Fact]
    public void Fetch_InterimAnswers_AreSkipped()
    {
        using TestServer server = TestServer.StartRaw(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        AssertGets(server, "ok"u8.ToArray());
    }

    [Theory]
    [InlineData("301 Moved")]
    [InlineData("302 Found")]
    [InlineData("303 See Other")]
    [InlineData("307 Temporary Redirect")]
    [InlineData("308 Permanent Redirect")]
    public void Fetch_Redirect_IsFollowed(string status)
    {
        using TestServer server = TestServer.Start(request => request.Path == "/target"
            ? request.AnswerAsync("200 OK", s_text)
            : request.AnswerAsync(status, header: "Location: target\r\n"));
        AssertGets(server, s_text);
    }

    [Fact]
    public void Fetch_OneAfterAnother_KeepsTheConnection()
    {
        using TestServer server = TestServer.StartSite(_ => s_text);
        string url = server.Url().OriginalString;
        Assert.Equal(0, ToolRun.Of("fetch", "--sequential", url, url, url, url, url).ExitCode);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public void Fetch_Always_SaysWhoItIs()
    {
        IReadOnlyList<string> header = [];
        using TestServer server = TestServer.Start(request =>
        {
            header = request.Header;
            return request.AnswerAsync("200 OK");
        });
        Assert.Equal(0, ToolRun.Of("fetch", server.Url().OriginalString).ExitCode);
        Assert.Contains($"User-Agent: gyre/{GyreCommand.Version}", header);
        Assert.Contains($"Host: {server.Url().Authority}", header);
    }

    private static void AssertGets(TestServer server, byte[] body)
    {
        using var folder = new TemporaryFolder();
        ToolRun run = ToolRun.Of("fetch", "--json", "--output", folder.FullPath, server.Url("/page").OriginalString);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(body.Length, run.JsonOf(server.Url("/page")).GetProperty("bytes").GetInt64());
        Assert.Equal(200, run.JsonOf(server.Url("/page")).GetProperty("status").GetInt32());
        Assert.Equal(body, File.ReadAllBytes(folder.PathOf("page")));
    }

    private static byte[] Compress(string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest),
            "br" => new BrotliStream(compressed, CompressionLevel.Fastest),
            _ => new ZLibStream(compressed, CompressionLevel.Fastest),
        })
        {
            stream.Write(s_text);
        }

        return compressed.ToArray();
    }
}
