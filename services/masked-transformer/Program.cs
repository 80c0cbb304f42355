using Phenaki.MaskedTransformer;
using Phenaki.ServiceDefaults.Hosting;

return await ServiceProgram.RunAsync(
    args,
    new ServiceDescription("masked-transformer", MaskedTransformerOptions.Section, typeof(MaskedTransformerOptions)),
    builder => builder.AddMaskedTransformer(),
    app => app.MapMaskedTransformer());
