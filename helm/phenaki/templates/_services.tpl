{{/* What the four services are, by their keys in values.yaml: what an operator cannot change. `section` is the configuration section of the options. */}}
{{- define "phenaki.services" -}}
textEncoder:
  name: text-encoder
  section: TextEncoder
  health: phenaki.text_encoder.v1.TextEncoderService
  grpcPort: 5101
  healthPort: 5201
  metricsPort: 9101
  model: true
videoTokenizer:
  name: video-tokenizer
  section: VideoTokenizer
  health: phenaki.video_tokenizer.v1.VideoTokenizerService
  grpcPort: 5102
  healthPort: 5202
  metricsPort: 9102
  model: true
maskedTransformer:
  name: masked-transformer
  section: MaskedTransformer
  health: phenaki.masked_transformer.v1.MaskedTransformerService
  grpcPort: 5103
  healthPort: 5203
  metricsPort: 9103
  model: true
orchestrator:
  name: orchestrator
  section: Orchestrator
  health: phenaki.story.v1.StoryService
  grpcPort: 5100
  healthPort: 5200
  metricsPort: 9100
  siloPort: 11111
  httpPort: 5180
  model: false
{{- end -}}

{{/* All that is rendered for one service. Takes root, key, facts (above) and values. */}}
{{- define "phenaki.service" -}}
{{ include "phenaki.deployment" . }}
---
{{ include "phenaki.headless" . }}
{{- if .root.Values.podDisruptionBudget.enabled }}
---
{{ include "phenaki.podDisruptionBudget" . }}
{{- end }}
{{- if and .root.Values.autoscaling.hpa.enabled .values.autoscaling.enabled }}
---
{{ include "phenaki.horizontalPodAutoscaler" . }}
{{- end }}
{{- if and .root.Values.autoscaling.keda.enabled .values.autoscaling.enabled }}
---
{{ include "phenaki.scaledObject" . }}
{{- end }}
{{- if .root.Values.tls.certManager.enabled }}
---
{{ include "phenaki.certificate" . }}
{{- end }}
{{- end -}}

{{/* True when an autoscaler sets the number of pods. */}}
{{- define "phenaki.autoscaled" -}}
{{- if and .values.autoscaling.enabled (or .root.Values.autoscaling.hpa.enabled .root.Values.autoscaling.keda.enabled) }}true{{ end -}}
{{- end -}}
