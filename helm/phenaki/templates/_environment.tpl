{{/* Environment variables of a service: its settings. Nothing in them is secret but the address of Redis, which comes out of a Secret. */}}
{{- define "phenaki.environment" -}}
{{- $own := include "phenaki.ownEnvironment" . | fromYamlArray -}}
{{- $names := dict -}}
{{- range $own }}{{ $_ := set $names .name true }}{{ end -}}
{{- range .values.env -}}
{{- if hasKey $names .name -}}
{{- fail (printf "services.%s.env sets %s, which the chart sets itself; allowed are other names." $.key .name) -}}
{{- end -}}
{{- end -}}
{{- toYaml (concat $own .values.env) -}}
{{- end -}}

{{- define "phenaki.ownEnvironment" -}}
{{- $values := .root.Values -}}
{{- $tls := $values.tls.enabled -}}
{{- /* The star stands for every address, of IPv4 and of IPv6. */ -}}
- {name: PHENAKI_Listen, value: "{{ ternary "https" "http" $tls }}://*:{{ .facts.grpcPort }}"}
- {name: PHENAKI_Telemetry__MetricsPort, value: "{{ .facts.metricsPort }}"}
- {name: PHENAKI_Logging__LogLevel__Default, value: {{ $values.telemetry.logLevel }}}
- {name: PHENAKI_DrainDelaySeconds, value: "{{ include "phenaki.drainDelaySeconds" . }}"}
- {name: PHENAKI_DrainSeconds, value: "{{ .values.drainSeconds }}"}
{{- if $tls }}
- {name: PHENAKI_HealthListen, value: "http://*:{{ .facts.healthPort }}"}
- {name: PHENAKI_Tls__CertificateFile, value: /etc/phenaki/tls/tls.crt}
- {name: PHENAKI_Tls__KeyFile, value: /etc/phenaki/tls/tls.key}
{{- end }}
{{- if .facts.model }}
{{- include "phenaki.workerEnvironment" . }}
{{- else }}
{{- include "phenaki.orchestratorEnvironment" . }}
{{- end }}
{{- range $name, $value := $values.limits }}
- {name: PHENAKI_Limits__{{ title $name }}, value: {{ include "phenaki.setting" $value }}}
{{- end }}
{{- range $name, $value := .values.settings }}
- {name: PHENAKI_{{ $.facts.section }}__{{ title $name }}, value: {{ include "phenaki.setting" $value }}}
{{- end }}
{{- with $values.telemetry.otlpEndpoint }}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
- {name: OTEL_RESOURCE_ATTRIBUTES, value: "k8s.namespace.name={{ $.root.Release.Namespace }},k8s.pod.name=$(POD_NAME)"}
{{- end }}
{{- end -}}

{{- define "phenaki.workerEnvironment" }}
- {name: PHENAKI_{{ .facts.section }}__Device, value: {{ ternary "cuda" "cpu" (gt (int .values.gpu.count) 0) }}}
{{- if ne .root.Values.models.source "image" }}
- {name: PHENAKI_{{ .facts.section }}__Model, value: {{ include "phenaki.modelFolder" . }}}
{{- end }}
{{- if .root.Values.tls.mutual }}
- {name: PHENAKI_Tls__ClientCaFile, value: /etc/phenaki/tls/ca.crt}
- {name: PHENAKI_Tls__ClientNames, value: {{ include "phenaki.host" (dict "root" .root "name" "orchestrator") }}}
{{- end }}
{{- /* libtorch would start a thread for each CPU of the node, not of the container. */}}
- name: OMP_NUM_THREADS
  valueFrom: {resourceFieldRef: {containerName: {{ .facts.name }}, resource: limits.cpu, divisor: "1"}}
{{- end -}}

{{/* True where stories outlive their clients: the Redis for trying forgets what is oldest, and everything when it restarts. */}}
{{- define "phenaki.stories" -}}
{{- if eq .Values.redis.mode "external" }}true{{ end -}}
{{- end -}}

{{- define "phenaki.storiesEnvironment" }}
{{- if include "phenaki.stories" .root }}
- {name: PHENAKI_Stories__ClusterId, value: {{ include "phenaki.fullname" .root }}}
- {name: PHENAKI_Stories__SiloPort, value: "{{ .facts.siloPort }}"}
- name: PHENAKI_Stories__AdvertisedAddress
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
{{- else }}
- {name: PHENAKI_Stories__Enabled, value: "false"}
{{- end }}
{{- end -}}

{{- define "phenaki.orchestratorEnvironment" }}
{{- $values := .root.Values }}
{{- range $key, $facts := include "phenaki.services" .root | fromYaml }}
{{- if $facts.model }}
- {name: PHENAKI_Orchestrator__{{ $facts.section }}Address, value: "dns:///{{ include "phenaki.host" (dict "root" $.root "name" $facts.name) }}:{{ $facts.grpcPort }}"}
{{- end }}
{{- end }}
{{- if $values.tls.enabled }}
- {name: PHENAKI_Orchestrator__DnsUsesTls, value: "true"}
- {name: PHENAKI_Mesh__Tls__CaFile, value: /etc/phenaki/tls/ca.crt}
{{- /* Orchestrators that share stories know each other by their certificates, whether the workers ask for one or not. */}}
{{- if or $values.tls.mutual (include "phenaki.stories" .root) }}
- {name: PHENAKI_Mesh__Tls__CertificateFile, value: /etc/phenaki/tls/tls.crt}
- {name: PHENAKI_Mesh__Tls__KeyFile, value: /etc/phenaki/tls/tls.key}
{{- end }}
{{- if $values.tls.requireClientCertificates }}
- {name: PHENAKI_Tls__ClientCaFile, value: /etc/phenaki/tls/ca.crt}
{{- end }}
{{- end }}
{{- if $values.http.enabled }}
- {name: PHENAKI_HttpListen, value: "{{ ternary "https" "http" $values.tls.enabled }}://*:{{ .facts.httpPort }}"}
{{- end }}
{{- if $values.apiKeys.existingSecret }}
- {name: PHENAKI_ApiKeys__File, value: /etc/phenaki/api-keys/keys.json}
{{- end }}
{{- if eq $values.redis.mode "bundled" }}
- name: PHENAKI_Orchestrator__Redis
  valueFrom: {secretKeyRef: {name: {{ include "phenaki.fullname" .root }}-redis, key: address}}
{{- else if eq $values.redis.mode "external" }}
{{- include "phenaki.externalRedisEnvironment" $values.redis.external }}
{{- end }}
{{- include "phenaki.storiesEnvironment" . }}
{{- end -}}

{{- define "phenaki.externalRedisEnvironment" }}
{{- if .existingSecret }}
- name: PHENAKI_Orchestrator__Redis
  valueFrom: {secretKeyRef: {name: {{ .existingSecret }}, key: {{ .existingSecretKey }}}}
{{- else }}
- {name: PHENAKI_Orchestrator__Redis, value: {{ .address | quote }}}
{{- end }}
{{- if .tls.existingSecret }}
- {name: PHENAKI_Orchestrator__RedisCaFile, value: /etc/phenaki/redis-tls/ca.crt}
{{- if .tls.clientCertificate }}
- {name: PHENAKI_Orchestrator__RedisCertificateFile, value: /etc/phenaki/redis-tls/tls.crt}
- {name: PHENAKI_Orchestrator__RedisKeyFile, value: /etc/phenaki/redis-tls/tls.key}
{{- end }}
{{- end }}
{{- end -}}
