using System.Text;

namespace Gyre.Tests.Issues;

/// <summary>A loop that could not write a report to standard error (a server without a free descriptor, say) was
/// ended by that.</summary>
[Collection(nameof(SequentialCollection))]
public class ErrorOutputGoneTests
{
    [Fact]
    public void DefaultExceptionHandler_OutputCannotBeWritten_TheLoopGoesOnAndTheReportComesLater()
    {
        using var test = new TestLoop();
        test.Loop.ExceptionHandler = null;
        using var output = new BreakableWriter { IsBroken = true };
        TextWriter before = Console.Error;
        Console.SetError(output);
        try
        {
            bool ran = false;
            test.Loop.CallSoon(() => throw new FormatException("first"));
            test.Loop.CallSoon(() => ran = true);
            test.Turn();
            Assert.True(ran);
            Assert.Equal("", output.ToString());

            output.IsBroken = false;
            test.Loop.CallSoon(() => throw new FormatException("second"));
            test.Turn();
        }
        finally
        {
            Console.SetError(before);
        }

        string text = output.ToString();
        Assert.InRange(text.IndexOf("first", StringComparison.Ordinal), 0, text.IndexOf("second", StringComparison.Ordinal));
    }

    private sealed class BreakableWriter : StringWriter
    {
        public bool IsBroken { get; set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (IsBroken)
            {
                throw new IOException("Too many open files");
            }

            base.WriteLine(value);
        }
    }
}
