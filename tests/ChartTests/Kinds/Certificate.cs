namespace Phenaki.ChartTests.Kinds;

/// <summary>What cert-manager issues: cert-manager.io/v1, the fields that the chart uses.</summary>
public sealed class Certificate : CustomObject<Certificate.Wish>
{
    public sealed class Wish
    {
        public string? SecretName { get; set; }

        public IList<string> DnsNames { get; set; } = [];

        public string? Duration { get; set; }

        public string? RenewBefore { get; set; }

        public Key? PrivateKey { get; set; }

        public IList<string> Usages { get; set; } = [];

        public Issuer? IssuerRef { get; set; }
    }

    public sealed class Key
    {
        public string? Algorithm { get; set; }

        public int? Size { get; set; }

        public string? Encoding { get; set; }

        public string? RotationPolicy { get; set; }
    }

    public sealed class Issuer
    {
        public string? Name { get; set; }

        public string? Kind { get; set; }

        public string? Group { get; set; }
    }
}
