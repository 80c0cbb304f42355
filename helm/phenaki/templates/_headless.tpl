{{/* Without an address of its own: its name stands for those of the pods, among which the caller balances. */}}
{{- define "phenaki.headless" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "phenaki.fullname" .root }}-{{ .facts.name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "phenaki.labels" (dict "root" .root "component" .facts.name) | nindent 4 }}
spec:
  clusterIP: None
  selector:
    {{- include "phenaki.selector" (dict "root" .root "component" .facts.name) | nindent 4 }}
  ports:
    {{- include "phenaki.grpcPort" (dict "root" .root "port" .facts.grpcPort) | nindent 4 }}
    - {name: metrics, port: {{ .facts.metricsPort }}, targetPort: metrics, protocol: TCP}
{{- end -}}

{{/* The gRPC port of a Service. Gateways and proxies learn from appProtocol that it is HTTP/2 without TLS; with TLS it is negotiated. */}}
{{- define "phenaki.grpcPort" -}}
- name: grpc
  port: {{ .port }}
  targetPort: grpc
  protocol: TCP
  {{- if not .root.Values.tls.enabled }}
  appProtocol: kubernetes.io/h2c
  {{- end }}
{{- end -}}

{{- define "phenaki.certificate" -}}
{{- $values := .root.Values.tls.certManager -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ include "phenaki.fullname" .root }}-{{ .facts.name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "phenaki.labels" (dict "root" .root "component" .facts.name) | nindent 4 }}
spec:
  secretName: {{ include "phenaki.tlsSecret" (dict "root" .root "key" .key "name" .facts.name) }}
  dnsNames:
    {{- range include "phenaki.certificateNames" . | fromYamlArray }}
    - {{ . }}
    {{- end }}
  duration: {{ $values.duration }}
  renewBefore: {{ $values.renewBefore }}
  privateKey: {algorithm: ECDSA, size: 256, encoding: PKCS8, rotationPolicy: Always}
  usages: [digital signature, server auth, client auth]
  issuerRef:
    {{- toYaml $values.issuer | nindent 4 }}
{{- end -}}

{{/* Names that a service's certificate must hold: all ways to write its address, and for the orchestrator its front door's. */}}
{{- define "phenaki.certificateNames" -}}
{{- $names := list (printf "%s-%s" (include "phenaki.fullname" .root) .facts.name) -}}
{{- if not .facts.model }}{{ $names = append $names (include "phenaki.fullname" .root) }}{{ end -}}
{{- range $names }}
- {{ . }}
- {{ . }}.{{ $.root.Release.Namespace }}
- {{ . }}.{{ $.root.Release.Namespace }}.svc
- {{ . }}.{{ $.root.Release.Namespace }}.svc.cluster.local
{{- end }}
{{- end -}}
