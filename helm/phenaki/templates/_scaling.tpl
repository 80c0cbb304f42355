{{/* All four tell their load under one name: requests that wait or are being served, stories for the orchestrator. */}}
{{- define "phenaki.loadMetric" -}}phenaki_queue_depth{{- end -}}

{{- define "phenaki.horizontalPodAutoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "phenaki.fullname" .root }}-{{ .facts.name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "phenaki.labels" (dict "root" .root "component" .facts.name) | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "phenaki.fullname" .root }}-{{ .facts.name }}}
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    - type: Pods
      pods:
        metric: {name: {{ include "phenaki.loadMetric" . }}}
        target: {type: AverageValue, averageValue: "{{ .values.autoscaling.targetLoad }}"}
  behavior:
    {{- include "phenaki.scalingBehavior" .root.Values.autoscaling.hpa | nindent 4 }}
{{- end -}}

{{- define "phenaki.scaledObject" -}}
{{- $keda := .root.Values.autoscaling.keda -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ include "phenaki.fullname" .root }}-{{ .facts.name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "phenaki.labels" (dict "root" .root "component" .facts.name) | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "phenaki.fullname" .root }}-{{ .facts.name }}}
  minReplicaCount: {{ .values.autoscaling.minReplicas }}
  maxReplicaCount: {{ .values.autoscaling.maxReplicas }}
  pollingInterval: {{ $keda.pollingSeconds }}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        {{- include "phenaki.scalingBehavior" $keda | nindent 8 }}
  triggers:
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ $keda.prometheusAddress | quote }}
        query: >-
          sum({{ include "phenaki.loadMetric" . }}{namespace="{{ .root.Release.Namespace }}",pod=~"{{ include "phenaki.fullname" .root }}-{{ .facts.name }}-.*"})
        threshold: "{{ .values.autoscaling.targetLoad }}"
{{- end -}}

{{/* Up at once, as a queue is there already when it is seen; down slowly, as a pod that loads a model is dear. */}}
{{- define "phenaki.scalingBehavior" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  policies:
    - {type: Percent, value: 100, periodSeconds: 30}
    - {type: Pods, value: 2, periodSeconds: 30}
  selectPolicy: Max
scaleDown:
  stabilizationWindowSeconds: {{ .scaleDownSeconds }}
  policies:
    - {type: Pods, value: 1, periodSeconds: 60}
  selectPolicy: Max
{{- end -}}

{{- define "phenaki.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "phenaki.fullname" .root }}-{{ .facts.name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "phenaki.labels" (dict "root" .root "component" .facts.name) | nindent 4 }}
spec:
  maxUnavailable: {{ .root.Values.podDisruptionBudget.maxUnavailable }}
  {{- /* A pod that serves nobody must not keep a node from being drained. */}}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "phenaki.selector" (dict "root" .root "component" .facts.name) | nindent 6 }}
{{- end -}}
