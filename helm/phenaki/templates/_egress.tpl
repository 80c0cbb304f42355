{{- define "phenaki.dnsEgress" -}}
{{- include "phenaki.egressRule" (dict "rule" . "protocols" (list "UDP" "TCP")) -}}
{{- end -}}

{{- define "phenaki.egress" -}}
{{- include "phenaki.egressRule" (dict "rule" . "protocols" (list "TCP")) -}}
{{- end -}}

{{/* A rule for somewhere outside the mesh. Takes rule (to, empty for any address; ports) and protocols. */}}
{{- define "phenaki.egressRule" -}}
- ports:
    {{- range $port := .rule.ports }}
    {{- range $.protocols }}
    - {port: {{ int64 $port }}, protocol: {{ . }}}
    {{- end }}
    {{- end }}
  {{- with .rule.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
