{{/* Secrets are mounted as folders, never as single files: only folders follow when a certificate or a list of keys changes. */}}
{{- define "phenaki.volumes" -}}
{{- $values := .root.Values -}}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
{{- if $values.tls.enabled }}
- name: tls
  secret: {secretName: {{ include "phenaki.tlsSecret" (dict "root" .root "key" .key "name" .facts.name) }}, defaultMode: 0440}
{{- end }}
{{- if .facts.model }}
{{- include "phenaki.modelVolumes" . }}
{{- else }}
{{- with $values.apiKeys.existingSecret }}
- name: api-keys
  secret:
    secretName: {{ . }}
    defaultMode: 0440
    items: [{key: {{ $values.apiKeys.existingSecretKey }}, path: keys.json}]
{{- end }}
{{- if and (eq $values.redis.mode "external") $values.redis.external.tls.existingSecret }}
- name: redis-tls
  secret: {secretName: {{ $values.redis.external.tls.existingSecret }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- end -}}

{{- define "phenaki.volumeMounts" -}}
{{- $values := .root.Values -}}
- {name: tmp, mountPath: /tmp}
{{- if $values.tls.enabled }}
- {name: tls, mountPath: /etc/phenaki/tls, readOnly: true}
{{- end }}
{{- if .facts.model }}
{{- if ne $values.models.source "image" }}
- {name: model, mountPath: /models, readOnly: true}
{{- end }}
{{- else }}
{{- if $values.apiKeys.existingSecret }}
- {name: api-keys, mountPath: /etc/phenaki/api-keys, readOnly: true}
{{- end }}
{{- if and (eq $values.redis.mode "external") $values.redis.external.tls.existingSecret }}
- {name: redis-tls, mountPath: /etc/phenaki/redis-tls, readOnly: true}
{{- end }}
{{- end }}
{{- end -}}
