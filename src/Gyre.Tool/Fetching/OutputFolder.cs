namespace Gyre.Tool;

/// <summary>The directory of <c>--output</c>.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the directory if it is missing.</summary>
    /// <returns>Its full path.</returns>
    /// <exception cref="BadArgumentException">There can be no such directory.</exception>
    public static string Prepare(string path)
    {
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadArgumentException($"--output: cannot make {path}: {e.Message}");
        }
    }
}
