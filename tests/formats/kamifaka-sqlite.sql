BEGIN TRANSACTION;
CREATE TABLE "order" (
	id VARCHAR(50),
	out_order_id VARCHAR(50),
	name VARCHAR(50),
	payment VARCHAR(50),
	contact VARCHAR(50),
	contact_txt VARCHAR(50),
	price VARCHAR(50),
	num VARCHAR(50),
	total_price VARCHAR(50),
	card VARCHAR(50),
	status VARCHAR(50),
	updatetime VARCHAR(50),
	PRIMARY KEY (id)
);
INSERT INTO "order" VALUES(1,'170413584512','点卡','支付宝当面付','13800000001','',10.0,1,10.0,'K-1',1,'2024-01-02 03:05:00.000000');
INSERT INTO "order" VALUES(2,'170413944512','代充','微信','13800000002','充值账号 10001',20.0,1,20.0,NULL,0,'2024-01-02 04:05:00.000000');
CREATE TABLE temporder (
	id VARCHAR(50),
	out_order_id VARCHAR(50),
	name VARCHAR(50),
	payment VARCHAR(50),
	contact VARCHAR(50),
	contact_txt VARCHAR(50),
	price VARCHAR(50),
	num VARCHAR(50),
	total_price VARCHAR(50),
	status VARCHAR(50),
	auto VARCHAR(50),
	updatetime VARCHAR(50),
	endtime VARCHAR(50),
	PRIMARY KEY (id)
);
INSERT INTO temporder VALUES(1,'170414304512','点卡','支付宝','13800000003','',10.0,1,10.0,0,1,'2024-01-02 05:05:00.000000',NULL);
COMMIT;
