using System.Globalization;

namespace Gyre;

/// <summary>One call in a call stack. asyncio: <c>FrameCallGraphEntry</c>.</summary>
/// <param name="Method">The method's name. A lambda is named after the method that it is written in.</param>
/// <param name="DeclaringType">The name of the class that the method is written in; null when it is not
/// known.</param>
/// <param name="IsAsync">Whether it is a coroutine, an async method or an async iterator.</param>
/// <param name="File">The source file of the line that runs; null when it is not known.</param>
/// <param name="Line">The line, counted from 1; 0 when it is not known.</param>
/// <remarks>.NET keeps no frame of a method that is suspended, and no line with it: file and line are known of what runs
/// and of what has thrown, if there are debugging symbols.</remarks>
public sealed record FrameCallGraphEntry(
    string Method, string? DeclaringType, bool IsAsync, string? File = null, int Line = 0)
{
    /// <summary>The call as text, for example <c>async Crawler.FetchAsync() in Crawler.cs:line 42</c>.</summary>
    public override string ToString()
    {
        string call = (IsAsync ? "async " : "") + (DeclaringType is null ? Method : DeclaringType + "." + Method) + "()";
        return File is null ? call : string.Create(CultureInfo.InvariantCulture, $"{call} in {File}:line {Line}");
    }
}
