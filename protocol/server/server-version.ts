/** The version that is followed, as ZooKeeper names its own: clients read its first number (org.apache.zookeeper.Version). */
export const SERVER_VERSION = '3.9.4-zab-lab, built on 2025-08-19 19:53 UTC';
