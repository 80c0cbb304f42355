{{/* What the schema cannot say, or not in words that help. */}}
{{- define "phenaki.validate" -}}
{{- $v := .Values -}}
{{- if and $v.autoscaling.hpa.enabled $v.autoscaling.keda.enabled -}}
{{- fail "autoscaling.hpa.enabled and autoscaling.keda.enabled are both true; allowed is one of them, as both would set the number of the same pods." -}}
{{- end -}}
{{- if and $v.autoscaling.keda.enabled (not $v.autoscaling.keda.prometheusAddress) -}}
{{- fail "autoscaling.keda.prometheusAddress is empty; KEDA needs the URL of Prometheus, as in http://prometheus.monitoring.svc:9090." -}}
{{- end -}}
{{- range $key, $service := $v.services -}}
{{- if gt (int $service.autoscaling.minReplicas) (int $service.autoscaling.maxReplicas) -}}
{{- fail (printf "services.%s.autoscaling.minReplicas is %d; it must be at most maxReplicas, which is %d." $key (int $service.autoscaling.minReplicas) (int $service.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and (eq (toString $service.rollout.maxSurge) "0") (eq (toString $service.rollout.maxUnavailable) "0") -}}
{{- fail (printf "services.%s.rollout has maxSurge 0 and maxUnavailable 0, with which no rollout ends; one of them must be larger." $key) -}}
{{- end -}}
{{- end -}}
{{- include "phenaki.validateModels" $v.models -}}
{{- include "phenaki.validateRedis" $v.redis -}}
{{- include "phenaki.validateTls" $v.tls -}}
{{- if and $v.ingress.enabled (not $v.ingress.hosts) -}}
{{- fail "ingress.hosts is empty; ingress.enabled needs at least one name." -}}
{{- end -}}
{{- if and $v.gateway.enabled (not $v.gateway.parentRefs) -}}
{{- fail "gateway.parentRefs is empty; gateway.enabled needs the Gateway that the route belongs to." -}}
{{- end -}}
{{- end -}}

{{- define "phenaki.validateModels" -}}
{{- if and (eq .source "volume") (not .volume.claim) -}}
{{- fail "models.volume.claim is empty; models.source 'volume' needs the name of a PersistentVolumeClaim." -}}
{{- end -}}
{{- if eq .source "download" -}}
{{- if not .download.baseUrl -}}
{{- fail "models.download.baseUrl is empty; models.source 'download' needs the URL that SERVICE/FILE is appended to." -}}
{{- end -}}
{{- range $key, $files := .checksums -}}
{{- if not $files -}}
{{- fail (printf "models.checksums.%s is empty; models.source 'download' fetches only files whose SHA-256 is given, as in {config.json: ..., model.safetensors: ...}." $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "phenaki.validateRedis" -}}
{{- if eq .mode "external" -}}
{{- if not (or .external.address .external.existingSecret) -}}
{{- fail "redis.external has neither address nor existingSecret; redis.mode 'external' needs one of them." -}}
{{- end -}}
{{- if contains "password=" (lower .external.address) -}}
{{- fail "redis.external.address holds a password, which everyone could read in the Deployment; put the whole address into a Secret and name it in redis.external.existingSecret." -}}
{{- end -}}
{{- else if or .external.address .external.existingSecret -}}
{{- fail (printf "redis.external names a Redis, but redis.mode is '%s', which does not use it; set redis.mode to external, or leave redis.external out." .mode) -}}
{{- end -}}
{{- end -}}

{{- define "phenaki.validateTls" -}}
{{- if .enabled -}}
{{- if .certManager.enabled -}}
{{- if not .certManager.issuer.name -}}
{{- fail "tls.certManager.issuer.name is empty; cert-manager needs the issuer that signs." -}}
{{- end -}}
{{- range $key, $secret := .existingSecrets -}}
{{- if $secret -}}
{{- fail (printf "tls.existingSecrets.%s and tls.certManager.enabled are both set; allowed is one source of certificates." $key) -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- range $key, $secret := .existingSecrets -}}
{{- if not $secret -}}
{{- fail (printf "tls.existingSecrets.%s is empty; tls.enabled needs a Secret with tls.crt, tls.key and ca.crt for each service, or tls.certManager.enabled." $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- else if or .mutual .requireClientCertificates .certManager.enabled -}}
{{- fail "tls.mutual, tls.requireClientCertificates and tls.certManager.enabled need tls.enabled, which is false." -}}
{{- end -}}
{{- end -}}

{{/* True when `helm test` can ask for a story: with API keys it needs one. */}}
{{- define "phenaki.testable" -}}
{{- if or (not .Values.apiKeys.existingSecret) .Values.tests.apiKeySecret }}true{{ end -}}
{{- end -}}
