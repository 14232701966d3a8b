namespace Gyre.Tool;

/// <summary>One try of one URL. It is filled while it goes on, so that a failure leaves what was known.</summary>
internal sealed class Attempt(FetchMeter meter)
{
    private long? _bytesExpected;
    private double _partly;

    public int? Status { get; set; }

    public long Bytes { get; private set; }

    public Failure? Failure { get; set; }

    /// <summary>The length that the server announced.</summary>
    public void Expect(long? bytes) => _bytesExpected = bytes;

    /// <summary>Counts a part of the body.</summary>
    public void Add(int bytes)
    {
        Bytes += bytes;
        meter.Bytes += bytes;
        if (_bytesExpected is > 0 and var expected)
        {
            double partly = Math.Min(1, (double)Bytes / expected);
            meter.Partly += partly - _partly;
            _partly = partly;
        }
    }

    /// <summary>Takes this try out of what is partly done: it is done, or begins anew.</summary>
    public void End()
    {
        meter.Partly -= _partly;
        _partly = 0;
    }
}
