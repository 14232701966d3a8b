using System.Buffers;

namespace Gyre.Tool;

/// <summary>Fetches single URLs, with tries and limits. Loop thread only.</summary>
internal sealed class UrlFetcher(FetchOptions options, LoopHttpClient http, FetchMeter meter, TimeSpan begin)
{
    /// <summary>More than one TLS record, and small beside a few hundred of them at once.</summary>
    private const int BufferSize = 64 * 1024;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan s_pauseMax = TimeSpan.FromSeconds(5);

    private readonly EventLoop _loop = EventLoop.Running;

    /// <summary>Fetches one URL, and again while that may help.</summary>
    /// <param name="url">What to fetch.</param>
    /// <param name="path">The file for the body, or null.</param>
    /// <remarks>Never throws but on cancel. On cancel: the connection is closed, and no file is left.</remarks>
    public async Coroutine<FetchResult> FetchAsync(Uri url, string? path)
    {
        TimeSpan start = _loop.Time - begin;
        TimeSpan pause = s_firstPause;
        for (int retries = 0; ; retries++)
        {
            Attempt attempt = await TryAsync(url, path);
            if (attempt.Failure is not { MayPass: true } || retries == options.Retries)
            {
                return new FetchResult
                {
                    Url = url,
                    Status = attempt.Status,
                    Bytes = attempt.Bytes,
                    Start = start,
                    Duration = _loop.Time - begin - start,
                    Error = attempt.Failure?.Text,
                    Retries = retries,
                };
            }

            await Aio.Sleep(pause);
            pause = pause * 2 < s_pauseMax ? pause * 2 : s_pauseMax;
        }
    }

    private async Coroutine<Attempt> TryAsync(Uri url, string? path)
    {
        var attempt = new Attempt(meter);
        TimeoutScope? limit = null;
        try
        {
            await Aio.Timeout(options.Timeout, scope =>
            {
                limit = scope;
                return ReceiveAsync(url, path, attempt);
            });
        }
        catch (Exception e) when (!IsCancellation(e))
        {
            // When the time is over, what is under way may fail in many ways. They all mean the same.
            attempt.Failure = limit is { IsExpired: true }
                ? Failures.TimedOut(options.Timeout!.Value)
                : Failures.Of(e);
        }
        finally
        {
            attempt.End();
        }

        return attempt;
    }

    private async Coroutine ReceiveAsync(Uri url, string? path, Attempt attempt)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using HttpResponseMessage response = await http.SendAsync(request, Aio.CancellationToken);
        attempt.Status = (int)response.StatusCode;
        attempt.Failure = Failures.OfStatus(response);
        attempt.Expect(response.Content.Headers.ContentLength);
        if (response.Content.Headers.ContentLength > options.SizeBytesMax)
        {
            throw TooLong();
        }

        // The body of an error page is counted, but it is not what was asked for.
        BodyFile? file = path is null || attempt.Failure is not null ? null : new BodyFile(path);
        try
        {
            if (file is not null)
            {
                await file.OpenAsync();
            }

            // The body belongs to the response, which closes it.
            Stream body = await response.Content.ReadAsStreamAsync(Aio.CancellationToken);
            await CopyAsync(body, file, attempt);
            if (file is not null)
            {
                await file.CompleteAsync();
            }
        }
        finally
        {
            if (file is not null)
            {
                await file.DisposeAsync();
            }
        }
    }

    private async Coroutine CopyAsync(Stream body, BodyFile? file, Attempt attempt)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int filled = 0;
            int read;
            do
            {
                read = await body.ReadAsync(buffer.AsMemory(filled), Aio.CancellationToken);
                attempt.Add(read);
                filled += read;
                if (attempt.Bytes > options.SizeBytesMax)
                {
                    throw TooLong();
                }

                // Few writes of full buffers instead of one for each packet.
                if (filled == buffer.Length || read == 0)
                {
                    if (file is not null && filled > 0)
                    {
                        await file.WriteAsync(buffer.AsMemory(0, filled));
                    }

                    filled = 0;
                }
            }
            while (read > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private FetchException TooLong() =>
        new(Units.Text($"body is longer than {options.SizeBytesMax} bytes (--max-size)"));

    /// <summary>Whether an error is the request to end this task, and not just something that was cancelled.</summary>
    private static bool IsCancellation(Exception error) =>
        error is OperationCanceledException && Aio.CurrentTask is { } task && task.Cancelling() > 0;
}
