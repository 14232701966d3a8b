using System.Text.Encodings.Web;
using System.Text.Json;
using Gyre.Conformance;

// Reads programs as JSON lines on standard input, runs each, and writes {"seed":…,"trace":[…]} lines.
using var output = new StreamWriter(Console.OpenStandardOutput());
var options = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
while (Console.In.ReadLine() is { } line)
{
    using var document = JsonDocument.Parse(line);
    JsonElement root = document.RootElement;

    // A line of expected traces holds the program beside its trace; a line of programs is one itself.
    JsonElement program = root.TryGetProperty("program", out JsonElement inner) ? inner : root;
    List<string> trace = ProgramRun.Trace(program);
    output.Write($$"""{"seed":{{program.GetProperty("seed").GetInt64()}},"trace":""");
    output.Write(JsonSerializer.Serialize(trace, options));
    output.WriteLine("}");
}
