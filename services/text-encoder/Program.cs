using Phenaki.TextEncoder;
using Phenaki.ServiceDefaults.Hosting;

return await ServiceProgram.RunAsync(
    args,
    new ServiceDescription("text-encoder", TextEncoderOptions.Section, typeof(TextEncoderOptions)),
    builder => builder.AddTextEncoder(),
    app => app.MapTextEncoder());
