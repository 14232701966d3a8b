namespace Gyre.Tool;

/// <summary>A file that has its name only once it is complete.</summary>
/// <remarks>Loop thread only. What may block on the disk runs on other threads.</remarks>
// Made ──Open──▶ Open ──Complete──▶ Closed
//   └────────────┴──────Dispose────▶ Closed
//
// A task that is cancelled does not wait for its thread, so Dispose may come before Open has begun: it still wins.
internal sealed class BodyFile
{
    private readonly string _path;
    private readonly string _unfinishedPath;
    private readonly Lock _lock = new();
    private FileStream? _stream;
    private bool _closed;

    /// <summary>Names a file; nothing is done yet.</summary>
    /// <param name="path">The name of the complete file. None that begins with a dot.</param>
    public BodyFile(string path)
    {
        _path = path;
        _unfinishedPath = Path.Join(Path.GetDirectoryName(path), $".{Path.GetFileName(path)}.part");
    }

    /// <summary>Makes the file, under another name.</summary>
    /// <exception cref="FetchException">It cannot be made.</exception>
    public Coroutine OpenAsync() => OnDisk(() =>
    {
        if (!_closed)
        {
            _stream = new FileStream(_unfinishedPath, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
            });
        }
    });

    /// <summary>Appends.</summary>
    /// <remarks>On cancel: some, all or none of the bytes may have been written.</remarks>
    /// <exception cref="FetchException">The disk is full or gone.</exception>
    public async Coroutine WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream!.WriteAsync(bytes, Aio.CancellationToken);
        }
        catch (Exception e) when (IsDiskError(e))
        {
            throw Failed(e);
        }
    }

    /// <summary>Gives the file its name.</summary>
    /// <exception cref="FetchException">The disk is full or gone.</exception>
    public Coroutine CompleteAsync() => OnDisk(() =>
    {
        if (!_closed)
        {
            _stream!.Dispose();
            File.Move(_unfinishedPath, _path, overwrite: true);
            _closed = true;
        }
    });

    /// <summary>Removes the file if it is not complete.</summary>
    public Coroutine DisposeAsync() => OnDisk(() =>
    {
        if (!_closed)
        {
            _closed = true;
            if (_stream is not null)
            {
                _stream.Dispose();
                File.Delete(_unfinishedPath);
            }
        }
    });

    private static bool IsDiskError(Exception error) => error is IOException or UnauthorizedAccessException;

    private async Coroutine OnDisk(Action work)
    {
        try
        {
            await Aio.ToThread(() =>
            {
                lock (_lock)
                {
                    work();
                }
            });
        }
        catch (Exception e) when (IsDiskError(e))
        {
            throw Failed(e);
        }
    }

    private FetchException Failed(Exception error) =>
        new($"cannot write {_path}: {error.Message}", mayPass: false, error);
}
