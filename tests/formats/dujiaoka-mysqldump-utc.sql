-- MySQL dump 10.13  Distrib 5.7.44, for Linux (x86_64)
--
-- Host: localhost    Database: dujiaoka
-- ------------------------------------------------------
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
CREATE TABLE `orders` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `order_sn` varchar(150) COLLATE utf8_unicode_ci NOT NULL COMMENT '订单号',
  `goods_id` int(11) DEFAULT NULL,
  `coupon_id` int(11) DEFAULT NULL,
  `title` varchar(200) NOT NULL COMMENT '订单名称',
  `type` int(11) DEFAULT NULL,
  `goods_price` decimal(10,2) NOT NULL DEFAULT '0.00',
  `buy_amount` int(11) DEFAULT NULL,
  `coupon_discount_price` decimal(10,2) NOT NULL DEFAULT '0.00',
  `wholesale_discount_price` decimal(10,2) NOT NULL DEFAULT '0.00',
  `total_price` decimal(10,2) NOT NULL DEFAULT '0.00',
  `actual_price` decimal(10,2) NOT NULL DEFAULT '0.00',
  `search_pwd` varchar(200) DEFAULT '',
  `email` varchar(200) NOT NULL COMMENT '下单邮箱',
  `info` text COMMENT '订单详情',
  `pay_id` int(11) DEFAULT NULL,
  `buy_ip` varchar(200) DEFAULT '',
  `trade_no` varchar(200) DEFAULT '',
  `status` tinyint(1) NOT NULL DEFAULT '1' COMMENT '1待支付 2待处理 3处理中 4已完成 5处理失败 6异常 -1过期',
  `coupon_ret_back` int(11) DEFAULT NULL,
  `created_at` timestamp NULL DEFAULT NULL,
  `updated_at` timestamp NULL DEFAULT NULL,
  `deleted_at` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_order_sn` (`order_sn`) USING BTREE,
  KEY `idx_goods_id` (`goods_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COMMENT='订单表; 含 (代充)';
INSERT INTO `orders` VALUES (1,'QWERT7YUIOP0ASDF',3,0,'视频会员月卡 x 1',1,25.00,1,0.00,0.00,25.00,25.00,'p1','liu.a@example.cn','KAMI-AAAA-0001\nKAMI-AAAA-0002',2,'203.0.113.11','2024010222001400001',4,0,'2024-01-02 03:04:05','2024-01-02 03:05:00',NULL),(2,'ZXCVB8NMQWE1RTYU',5,0,'话费代充 100 元 x 1',2,100.00,1,0.50,0.00,100.00,99.50,'','wang@example.cn','充值账号:13800000001\n备注:It\'s ok; (急), 谢谢',4,'203.0.113.12','2024010222001400002',2,0,'2024-01-02 08:00:00','2024-01-02 08:01:00',NULL),(3,'POIUY2TREWQ3LKJH',5,0,'话费代充 50 元 x 2',2,50.00,2,0.00,0.00,100.00,100.00,'','zhao@example.cn','充值账号:13800000002',4,'203.0.113.13','',1,0,'2024-01-02 09:10:11','2024-01-02 09:10:11',NULL),(4,'GFDSA4MNBVC5XZAQ',3,0,'视频会员月卡 x 1',1,25.00,1,0.00,0.00,25.00,25.00,'p4','sun@example.cn','库存可使用卡密不足，请联系管理员核查',2,'203.0.113.14','2024010222001400004',6,0,'2024-01-02 10:00:00','2024-01-02 10:00:40',NULL),(5,'WSXED6CRFVT7GBYH',3,0,'视频会员月卡 x 1',1,25.00,1,0.00,0.00,25.00,25.00,'p5','qian@example.cn',NULL,2,'203.0.113.15','',-1,0,'2024-01-02 11:00:00','2024-01-02 11:05:01',NULL);
/*!40000 ALTER TABLE `orders` ENABLE KEYS */;
UNLOCK TABLES;
-- Dump completed on 2024-01-03  1:00:00
