"""Many machines: the pool of one machine's cores (`ocr.worker_pool.Workers`) spread over a Dask cluster.

The driver (`driver`) holds the jobs and alone writes to the database; machines (`machine`) only compute, each job in a
supervised process as on one machine (`task`). Imported by those only who ask for a cluster: it needs `distributed`.
"""
