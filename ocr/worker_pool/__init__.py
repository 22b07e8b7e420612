"""Many jobs on one machine's cores, where no job can take the others down.

Each worker process holds one job at a time, so a process that dies, hangs or takes too much memory convicts exactly one
job, and its time is measured from when it really began. A pool with a shared queue can do neither.
"""

from ocr.worker_pool.crash import Crash, WorkerStartError, raised
from ocr.worker_pool.memory import MEMORY_MB
from ocr.worker_pool.pool import JobRunner, Workers, run
from ocr.worker_pool.worker import WORKER_ENVIRONMENT

__all__ = ["MEMORY_MB", "WORKER_ENVIRONMENT", "Crash", "JobRunner", "WorkerStartError", "Workers", "raised", "run"]
