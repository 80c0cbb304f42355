{{- define "phenaki.deployment" -}}
{{- $root := .root -}}
{{- $selector := include "phenaki.selector" (dict "root" $root "component" .facts.name) -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "phenaki.fullname" $root }}-{{ .facts.name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "phenaki.labels" (dict "root" $root "component" .facts.name) | nindent 4 }}
spec:
  {{- if not (include "phenaki.autoscaled" .) }}
  replicas: {{ .values.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  {{- /* A pod whose model takes its whole time to load is no failed rollout. */}}
  progressDeadlineSeconds: {{ add .values.startupSeconds 300 }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      {{- toYaml .values.rollout | nindent 6 }}
  selector:
    matchLabels:
      {{- $selector | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "phenaki.labels" (dict "root" $root "component" .facts.name "labels" .values.podLabels "pod" true) | nindent 8 }}
      {{- $annotations := .values.podAnnotations }}
      {{- if include "phenaki.modelFiles" . }}
      {{- $annotations = merge (dict "checksum/model-files" (include "phenaki.checksums" . | sha256sum)) $annotations }}
      {{- end }}
      {{- with $annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "phenaki.podSecurity" $root | nindent 6 }}
      {{- /* As long as the service takes at most: its delay, its drain, and a reserve. */}}
      terminationGracePeriodSeconds: {{ add (include "phenaki.drainDelaySeconds" .) .values.drainSeconds 15 }}
      {{- with include "phenaki.placement" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if include "phenaki.modelFiles" . }}
      initContainers:
        {{- include "phenaki.modelContainer" . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .facts.name }}
          image: {{ include "phenaki.image" (dict "root" $root "image" .values.image "gpu" .values.gpu.count) | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext:
            {{- include "phenaki.containerSecurity" . | nindent 12 }}
          ports:
            - {name: grpc, containerPort: {{ .facts.grpcPort }}, protocol: TCP}
            - {name: metrics, containerPort: {{ .facts.metricsPort }}, protocol: TCP}
            {{- if and .facts.httpPort $root.Values.http.enabled }}
            - {name: http, containerPort: {{ .facts.httpPort }}, protocol: TCP}
            {{- end }}
            {{- if and .facts.siloPort (include "phenaki.stories" $root) }}
            - {name: silo, containerPort: {{ .facts.siloPort }}, protocol: TCP}
            {{- end }}
            {{- if $root.Values.tls.enabled }}
            - {name: health, containerPort: {{ .facts.healthPort }}, protocol: TCP}
            {{- end }}
          env:
            {{- include "phenaki.environment" . | nindent 12 }}
          {{- include "phenaki.probes" . | nindent 10 }}
          resources:
            {{- include "phenaki.resources" . | nindent 12 }}
          volumeMounts:
            {{- include "phenaki.volumeMounts" . | nindent 12 }}
      volumes:
        {{- include "phenaki.volumes" . | nindent 8 }}
{{- end -}}

{{/* For how long after SIGTERM new calls are still taken, in seconds: until every client has heard that this pod's address is gone. */}}
{{- define "phenaki.drainDelaySeconds" -}}5{{- end -}}

{{/*
Probes over gRPC. The kubelet cannot speak TLS with gRPC, so that with TLS they go to a plain port where nothing but health answers.
Started: the model is loaded; the orchestrator, which waits for the others, need only be there. Ready: calls are taken. Alive: anything answers; what
the process waits for must not have it killed.
*/}}
{{- define "phenaki.probes" -}}
{{- $port := ternary .facts.healthPort .facts.grpcPort .root.Values.tls.enabled -}}
{{- $period := 5 -}}
startupProbe:
  grpc: {port: {{ $port }}, service: {{ ternary .facts.health "liveness" .facts.model }}}
  periodSeconds: {{ $period }}
  timeoutSeconds: 3
  failureThreshold: {{ div (add .values.startupSeconds (sub $period 1)) $period }}
readinessProbe:
  grpc: {port: {{ $port }}, service: {{ .facts.health }}}
  periodSeconds: {{ $period }}
  timeoutSeconds: 3
  failureThreshold: 2
livenessProbe:
  grpc: {port: {{ $port }}, service: liveness}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}

{{/* Resources, with the GPUs: Kubernetes wants them as a limit, and the request to be the same. */}}
{{- define "phenaki.resources" -}}
{{- $resources := deepCopy .values.resources -}}
{{- if gt (int .values.gpu.count) 0 -}}
{{- range $part := list "requests" "limits" -}}
{{- $_ := set $resources $part (merge (dict $.values.gpu.resource ($.values.gpu.count | int | toString)) (index $resources $part | default dict)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/* Where the pods of a service go. */}}
{{- define "phenaki.placement" -}}
{{- $tolerations := .values.tolerations -}}
{{- if gt (int .values.gpu.count) 0 -}}
{{- $tolerations = append $tolerations (dict "key" .values.gpu.resource "operator" "Exists" "effect" "NoSchedule") -}}
{{- end -}}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- $spread := .root.Values.topologySpread }}
{{- if $spread.enabled }}
topologySpreadConstraints:
  {{- range $spread.topologyKeys }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: {{ $spread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "phenaki.selector" (dict "root" $.root "component" $.facts.name) | nindent 8 }}
    {{- /* Only pods of the same rollout are counted: else the old ones would say where the new ones may go. */}}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end -}}
