/* Two GPUs, in place of NVIDIA's driver: what nvmlDeviceGetMemoryInfo of nvml.h is asked for. The second does not answer. */
typedef struct { unsigned long long total, free, used; } memory;

int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) { *device = (void *)(unsigned long)(index + 1); return 0; }
int nvmlDeviceGetMemoryInfo(void *device, memory *info) {
    if (device != (void *)1) return 999;
    info->total = 80000; info->free = 50000; info->used = 30000;
    return 0;
}
