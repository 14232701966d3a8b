using System.Diagnostics;

namespace Gyre;

/// <summary>What reports call a callback: the method that it is, or the one that its lambda stands in.</summary>
internal static class CallbackName
{
    /// <summary><c>Type.Method</c>, <c>Type.LocalFunction</c>, or <c>lambda in Type.Method</c>.</summary>
    public static string Of(Delegate callback)
    {
        // Null where the program was trimmed of such names.
        if (DiagnosticMethodInfo.Create(callback) is not { } method)
        {
            return "callback";
        }

        string type = TypeName(method.DeclaringTypeName ?? "");
        string prefix = type.Length > 0 ? type + "." : "";
        return Split(method.Name) is not { } name ? prefix + method.Name
            : LocalFunction(name.Tail) is { } local ? prefix + local
            : $"lambda in {prefix}{name.Method}";
    }

    /// <summary>The last part of a type's name, without the class that the compiler made for closures.</summary>
    private static string TypeName(string fullName)
    {
        string[] parts = fullName.Split('.', '+');
        int last = parts.Length - 1;
        while (last > 0 && parts[last].StartsWith('<'))
        {
            last--;
        }

        return parts[last];
    }

    /// <summary>The two parts of the compiler's <c>&lt;Method&gt;tail</c>.</summary>
    private static (string Method, string Tail)? Split(string name)
    {
        int close = name.LastIndexOf('>');
        int open = name.LastIndexOf('<', Math.Max(close, 0));
        return open >= 0 && close > open + 1 ? (name[(open + 1)..close], name[(close + 1)..]) : null;
    }

    /// <summary>The name in <c>g__Name|0_1</c>.</summary>
    private static string? LocalFunction(string tail) =>
        tail.StartsWith("g__", StringComparison.Ordinal) && tail.IndexOf('|') is int end and > 0 ? tail[3..end] : null;
}
