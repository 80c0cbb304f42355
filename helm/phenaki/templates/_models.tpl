{{/* Where a service finds its model. */}}
{{- define "phenaki.modelFolder" -}}
{{- if eq .root.Values.models.source "volume" -}}
{{ printf "/models/%s/%s" .root.Values.models.volume.path .facts.name | clean }}
{{- else -}}
/models/{{ .facts.name }}
{{- end -}}
{{- end -}}

{{/* True when an init container fetches or checks the model of this service. */}}
{{- define "phenaki.modelFiles" -}}
{{- if and .facts.model (ne .root.Values.models.source "image") (index .root.Values.models.checksums .key) }}true{{ end -}}
{{- end -}}

{{/* The files of a model as sha256sum reads them. */}}
{{- define "phenaki.checksums" -}}
{{- range $file, $sum := index .root.Values.models.checksums .key }}
{{- printf "%s  %s\n" $sum $file }}
{{- end -}}
{{- end -}}

{{- define "phenaki.modelVolumes" -}}
{{- $models := .root.Values.models }}
{{- if eq $models.source "volume" }}
- name: model
  persistentVolumeClaim: {claimName: {{ $models.volume.claim }}, readOnly: true}
{{- else if eq $models.source "download" }}
- name: model
  emptyDir: {sizeLimit: {{ $models.download.sizeLimit }}}
{{- with $models.download.existingSecret }}
- name: curl
  secret: {secretName: {{ . }}, defaultMode: 0440, items: [{key: curl.cfg, path: curl.cfg}]}
{{- end }}
{{- end }}
{{- if include "phenaki.modelFiles" . }}
- name: model-files
  configMap: {name: {{ include "phenaki.fullname" .root }}-model-files, defaultMode: 0444}
{{- end }}
{{- end -}}

{{/* The container that runs before the service does, and that ends in an error unless every file of the model is the right one. */}}
{{- define "phenaki.modelContainer" -}}
{{- $models := .root.Values.models -}}
{{- $download := eq $models.source "download" -}}
- name: model
  image: {{ $models.tools.image | quote }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  securityContext:
    {{- include "phenaki.containerSecurity" . | nindent 4 }}
  {{- if $download }}
  command: [sh, /model-files/fetch-model.sh]
  {{- else }}
  command: [sh, /model-files/verify-model.sh]
  {{- end }}
  env:
    - {name: CHECKSUMS, value: /model-files/{{ .facts.name }}.sha256}
    - {name: FOLDER, value: {{ include "phenaki.modelFolder" . }}}
    {{- if $download }}
    - {name: URL, value: "{{ trimSuffix "/" $models.download.baseUrl }}/{{ .facts.name }}"}
    - {name: TIMEOUT_SECONDS, value: "{{ int64 $models.download.timeoutSeconds }}"}
    {{- if $models.download.existingSecret }}
    - {name: CURL_CONFIG, value: /etc/phenaki/curl/curl.cfg}
    {{- end }}
    {{- end }}
  resources:
    {{- toYaml $models.tools.resources | nindent 4 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
    - {name: model, mountPath: /models{{ if not $download }}, readOnly: true{{ end }}}
    - {name: model-files, mountPath: /model-files, readOnly: true}
    {{- if and $download $models.download.existingSecret }}
    - {name: curl, mountPath: /etc/phenaki/curl, readOnly: true}
    {{- end }}
{{- end -}}
