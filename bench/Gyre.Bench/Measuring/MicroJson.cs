using System.Text.Json.Serialization;

namespace Gyre.Bench;

/// <summary>How the lines are written: without reflection, so that NativeAOT can.</summary>
[JsonSerializable(typeof(MicroLine))]
internal sealed partial class MicroJson : JsonSerializerContext;
