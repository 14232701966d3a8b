namespace Gyre;

/// <summary>How the connections of a server come to the loops of a <see cref="LoopGroup"/>.</summary>
public enum ConnectionSpreading
{
    /// <summary><see cref="ByKernel"/> on Linux, <see cref="InTurn"/> elsewhere.</summary>
    Auto,

    /// <summary>Each loop has a listening socket of its own on the port (<c>SO_REUSEPORT</c>), and the system chooses by
    /// a hash of the addresses. Nothing passes between the loops; many connections are spread evenly, few may not be.
    /// Other programs of this user may listen on the port too. Linux; elsewhere the last socket may get them
    /// all.</summary>
    ByKernel,

    /// <summary>One loop accepts and hands the connections over, one to each loop in turn. They are spread evenly however few
    /// they are; each costs a message to another thread.</summary>
    InTurn,
}
