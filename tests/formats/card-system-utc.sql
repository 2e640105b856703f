-- MySQL dump 10.13
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
CREATE TABLE `orders` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `order_no` varchar(128) NOT NULL,
  `product_id` int(11) NOT NULL,
  `product_name` varchar(255) DEFAULT NULL,
  `count` int(11) NOT NULL,
  `ip` varchar(191) DEFAULT NULL,
  `contact` varchar(191) DEFAULT NULL,
  `query_password` varchar(191) DEFAULT NULL,
  `remark` varchar(191) DEFAULT NULL,
  `cost` int(11) NOT NULL DEFAULT '0',
  `price` int(11) NOT NULL DEFAULT '0',
  `discount` int(11) NOT NULL DEFAULT '0',
  `paid` int(11) NOT NULL DEFAULT '0',
  `fee` int(11) NOT NULL DEFAULT '0',
  `pay_id` int(11) NOT NULL,
  `pay_trade_no` varchar(191) DEFAULT NULL,
  `status` int(11) NOT NULL DEFAULT '0',
  `frozen_reason` varchar(191) DEFAULT NULL,
  `api_info` text,
  `paid_at` datetime DEFAULT NULL,
  `created_at` timestamp NULL DEFAULT NULL,
  `updated_at` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `orders_user_id_order_no_index` (`user_id`,`order_no`)
) ENGINE=InnoDB;
INSERT INTO `orders` VALUES (1,1,'20240102030405abcde',1,'点卡',1,'203.0.113.1','13800000001','qp','',8000,10000,50,9950,60,1,'2024010222001421',2,NULL,'{\"a\":\"(1),(2);\"}','2024-01-02 03:05:00','2024-01-01 19:04:05','2024-01-01 19:05:00'),(2,1,'20240102040405abcdf',1,'点卡',1,'203.0.113.2','13800000002','','',800,1000,0,1000,6,1,'4200000001',1,NULL,NULL,'2024-01-02 04:05:00','2024-01-01 20:04:05','2024-01-01 20:05:00'),(3,1,'20240102050405abcdg',1,'点卡',1,'203.0.113.3','13800000003','','',800,1000,0,1000,0,1,NULL,0,NULL,NULL,NULL,'2024-01-01 21:04:05','2024-01-01 21:04:05'),(4,1,'20240102060405abcdh',1,'点卡',1,'203.0.113.4','13800000004','','',800,1000,0,1000,6,1,'4200000003',3,'投诉',NULL,'2024-01-02 06:05:00','2024-01-01 22:04:05','2024-01-01 22:05:00');
