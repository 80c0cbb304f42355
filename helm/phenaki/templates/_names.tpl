{{/* What the names of all objects begin with: short enough for the longest ending in a Service's 63 characters. */}}
{{- define "phenaki.fullname" -}}
{{- $name := .Values.fullnameOverride -}}
{{- if not $name -}}
{{- $name = .Release.Name -}}
{{- if not (contains .Chart.Name $name) -}}
{{- $name = printf "%s-%s" $name .Chart.Name -}}
{{- end -}}
{{- end -}}
{{- $name | trunc 44 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels that select the pods of one part. Takes root and component. */}}
{{- define "phenaki.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels that select every pod of the release. */}}
{{- define "phenaki.releaseSelector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/*
Labels of an object or pod; the recommended ones win over the operator's. Takes root, and may take component, labels and pod: pods do not tell the
version of the chart, which would have all of them replaced when nothing but the chart is new.
*/}}
{{- define "phenaki.labels" -}}
{{- $own := dict
  "app.kubernetes.io/name" .root.Chart.Name
  "app.kubernetes.io/instance" .root.Release.Name
  "app.kubernetes.io/version" .root.Chart.AppVersion
  "app.kubernetes.io/part-of" "phenaki"
  "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- if not .pod }}{{ $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_") }}{{ end -}}
{{- with .component }}{{ $_ := set $own "app.kubernetes.io/component" . }}{{ end -}}
{{- merge $own (.labels | default dict) .root.Values.commonLabels | toYaml -}}
{{- end -}}

{{/* Name of an image. Takes root, image (repository, tag, digest) and gpu. */}}
{{- define "phenaki.image" -}}
{{- $name := .image.repository -}}
{{- with .root.Values.image.registry }}{{ $name = printf "%s/%s" (trimSuffix "/" .) $name }}{{ end -}}
{{- if .image.digest -}}
{{ $name }}@{{ .image.digest }}
{{- else -}}
{{ $name }}:{{ .image.tag | default (printf "%s%s" (.root.Values.image.tag | default .root.Chart.AppVersion) (ternary "-cuda" "" (gt (int .gpu) 0))) }}
{{- end -}}
{{- end -}}

{{/* A number or a text as the value of an environment variable: helm reads numbers as floating point, and large ones would come out as 1e+06. */}}
{{- define "phenaki.setting" -}}
{{- if kindIs "float64" . }}{{ int64 . | toString | quote }}{{ else }}{{ . | toString | quote }}{{ end -}}
{{- end -}}

{{/* Name of a service's Secret with its certificate. Takes root, key and name. */}}
{{- define "phenaki.tlsSecret" -}}
{{- if .root.Values.tls.certManager.enabled -}}
{{ include "phenaki.fullname" .root }}-{{ .name }}-tls
{{- else -}}
{{ index .root.Values.tls.existingSecrets .key }}
{{- end -}}
{{- end -}}

{{/* Name that a part is reached by inside the cluster. Takes root and, but for the front door, name. */}}
{{- define "phenaki.host" -}}
{{ include "phenaki.fullname" .root }}{{ with .name }}-{{ . }}{{ end }}.{{ .root.Release.Namespace }}.svc
{{- end -}}
