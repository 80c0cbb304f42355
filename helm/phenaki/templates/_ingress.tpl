{{/*
An Ingress to a port of the front door. Takes root, name, port, speaks (GRPC or HTTP; with TLS an S is added) and paths without their slash. An operator's
annotations win, but for what HTTP speaks: theirs can only mean gRPC.
*/}}
{{- define "phenaki.ingress" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $protocol := "nginx.ingress.kubernetes.io/backend-protocol" -}}
{{- $own := dict
  $protocol (ternary (printf "%sS" .speaks) .speaks $values.tls.enabled)
  "nginx.ingress.kubernetes.io/proxy-read-timeout" "3600"
  "nginx.ingress.kubernetes.io/proxy-send-timeout" "3600" -}}
{{- $theirs := deepCopy $values.ingress.annotations -}}
{{- if eq .speaks "HTTP" -}}
{{- $own = set $own "nginx.ingress.kubernetes.io/proxy-buffering" "off" -}}
{{- $theirs = omit $theirs $protocol -}}
{{- end -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "phenaki.labels" (dict "root" $root "component" "orchestrator") | nindent 4 }}
  annotations:
    {{- merge $theirs $own | toYaml | nindent 4 }}
spec:
  {{- with $values.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with $values.ingress.tlsSecret }}
  tls:
    - secretName: {{ . }}
      hosts:
        {{- toYaml $values.ingress.hosts | nindent 8 }}
  {{- end }}
  rules:
    {{- range $values.ingress.hosts }}
    - host: {{ . | quote }}
      http:
        paths:
          {{- range $.paths }}
          - path: /{{ . }}
            pathType: Prefix
            backend: {service: {name: {{ include "phenaki.fullname" $root }}, port: {name: {{ $.port }}}}}
          {{- end }}
    {{- end }}
{{- end -}}
